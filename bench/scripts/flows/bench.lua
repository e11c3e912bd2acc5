-- A question that is asked again after each answer: every text is answered with one message.
local f = flow "bench"
f.start = "compter"
f.words = { "bonjour" }

f:set "compter" { messages = function(c) return (c.messages or 0) + 1 end }

f:ask "question" {
  say    = "bench.question",
  expect = text { min = 1, max = 200 },
  save   = "mot",
  next   = "compter",
  expire = "7 d",
}
