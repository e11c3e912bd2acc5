-- expect: stopped
local t = {}
for i = 1, 20000 do t['nom' .. i] = i end
local k
while true do k = next(t, k) end
