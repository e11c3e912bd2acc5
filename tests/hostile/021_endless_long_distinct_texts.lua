-- expect: stopped
local t = {}
for i = 1, 1e9 do t[i] = ('k'):rep(500) .. i end
