"""culture_ray: do language models hold the views of the people whose language they speak?"""
