-- expect: ok 0
local n = 0
for w in ('aaa'):gmatch('^a') do n = n + 1 end
return n
