-- expect: error larger than 64 KiB
return ('x'):rep(70000)
