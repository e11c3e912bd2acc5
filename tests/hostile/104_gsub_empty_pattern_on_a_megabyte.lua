-- expect: stopped steps
local s = ('x'):rep(500000)
while true do s:gsub('', function() end) end
