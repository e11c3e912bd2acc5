-- expect: refused 'table.move' is not defined
local x = table.move({}, 1, 1 << 60, 2)
