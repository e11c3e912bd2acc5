-- expect: stopped
local t = {}
for i = 1, 5000 do t['nom' .. i] = i end
while true do pairs(t) end
