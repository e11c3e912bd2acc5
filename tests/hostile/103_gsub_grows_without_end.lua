-- expect: error longer than 1 MiB
local s = ('x'):rep(1000)
return (s:gsub('x', s .. s))
