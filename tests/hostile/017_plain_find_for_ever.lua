-- expect: stopped
local a = ('x'):rep(1000000)
while true do local b = a:find('y', 1, true) end
