-- expect: refused 
local f = flow 'attaque'
for i = 1, 1e9 do f:say('s' .. i) { say = 'x' } end
