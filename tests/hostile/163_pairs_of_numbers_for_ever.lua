-- expect: stopped
local t = {}
for i = 1, 60000 do t[i] = i end
while true do pairs(t) end
