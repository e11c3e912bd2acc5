-- expect: stopped steps
while true do end
