-- expect: ok 100
local t = {}
for i = 1, 100 do t[i] = i end
local n = 0
for _ in (('%d '):rep(100):format(table.unpack(t))):gmatch('%d+') do n = n + 1 end
return n
