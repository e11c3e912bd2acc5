-- expect: error longer than 1 MiB
local t = {}
local part = ('x'):rep(1000)
for i = 1, 2000 do t[i] = part end
return table.concat(t)
