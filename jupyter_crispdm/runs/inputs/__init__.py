"""What a run was made of: code, environment, data; noted when it is submitted, compared and made again later."""
