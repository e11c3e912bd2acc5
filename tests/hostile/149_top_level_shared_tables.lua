-- expect: refused too large
local t = { 'x' }
for i = 1, 30 do t = { t, t } end
local f = flow 'attaque'
f:say 'x' { say = t }
