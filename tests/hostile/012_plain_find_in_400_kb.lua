-- expect: ok
local n = 400000
return (('a'):rep(n)):find(('a'):rep(n // 2) .. 'b', 1, true)
