"""Give an anonymous contact its e-mail address, and verify one."""
