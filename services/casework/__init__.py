"""Where people look at a child's reasons and decide: reviews, cases, the ward's pages."""
