-- expect: refused '_ENV' cannot be used
_ENV.string = {}
