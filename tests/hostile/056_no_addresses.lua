-- expect: ok {"a":"table","b":"table function","c":false}
local t = {}
return { a = tostring(t), b = string.format('%s %s', t, tostring), c = pcall(string.format, '%p', t) }
