-- expect: stopped
local s = ('X'):rep(1000000)
while true do s = s:lower():reverse() end
