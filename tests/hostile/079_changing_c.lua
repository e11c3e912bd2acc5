-- expect: error c is read-only
c.total = 5
