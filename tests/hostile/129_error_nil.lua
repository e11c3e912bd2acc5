-- expect: error an error without a text (a nil value)
error()
