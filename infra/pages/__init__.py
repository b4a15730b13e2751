"""What every screen shares: the base template, the look (デジタル庁デザインシステム tokens), dates in Japanese."""
