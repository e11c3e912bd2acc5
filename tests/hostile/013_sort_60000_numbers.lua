-- expect: ok 1
local t = {}
for i = 1, 60000 do t[i] = (i * 7919) % 60013 end
table.sort(t)
for i = 2, 60000 do if t[i - 1] > t[i] then return 0 end end
return 1
