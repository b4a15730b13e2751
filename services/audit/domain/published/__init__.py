"""The log as files that anybody's tools read: C2SP tlog-tiles, tlog-checkpoint, tlog-proof. Bytes in, bytes out."""
