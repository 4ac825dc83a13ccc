def assert_cured(backend): pass
