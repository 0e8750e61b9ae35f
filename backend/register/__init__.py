"""The public register of trials and the front page: what everybody may read, without signing in."""
