-- expect: ok 2000
local t, n = {}, 0
for i = 1, 2000 do t['nom' .. i] = i end
for k in pairs(t) do t[k] = nil n = n + 1 end
return n
