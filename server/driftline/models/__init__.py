"""The declared schema: what SQLAlchemy models say, as env.py reaches them."""
