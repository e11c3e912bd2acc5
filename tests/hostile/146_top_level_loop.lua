-- expect: refused stopped: more than 5,000,000 steps
while true do end
