-- expect: error an error without a text (a table value)
error({ code = 1 })
