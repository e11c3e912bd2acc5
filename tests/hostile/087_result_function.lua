-- expect: error the result.f is a function
return { f = function() end }
