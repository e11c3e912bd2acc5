-- Says back what came and how many came before, so that the history of a campaign can be read from the replies.
local f = flow "echo"
f.start = "compter"
f.words = { "go" }

f:set "compter" { nombre = function(c) return (c.nombre or 0) + 1 end }

f:ask "suite" {
  say    = "echo.suite",
  expect = text { min = 1, max = 100 },
  save   = "mot",
  next   = "compter",
  expire = "7 d",
}
