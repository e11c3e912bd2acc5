-- expect: refused lives outside it
local n = 0
local function f() n = n + 1 end
local function g() return f end
g()()
