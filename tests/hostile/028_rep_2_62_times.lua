-- expect: error longer than 1 MiB
return ('x'):rep(1 << 62)
