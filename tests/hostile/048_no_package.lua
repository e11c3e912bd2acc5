-- expect: refused 'package' is not defined
local x = package
