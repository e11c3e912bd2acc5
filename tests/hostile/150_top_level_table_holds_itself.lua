-- expect: refused nested more than 32 deep
local t = {}
t.t = t
local f = flow 'attaque'
f:say 'x' { say = t }
