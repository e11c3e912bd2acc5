-- expect: stopped
local p = ('x?'):rep(300000)
return (('x'):rep(300000)):find(p)
