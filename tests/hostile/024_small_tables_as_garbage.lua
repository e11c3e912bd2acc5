-- expect: stopped
for i = 1, 1e9 do local t = { i } end
