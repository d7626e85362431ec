"""The two networks, and how rows come out of the generator.

condition           a masked row: what the networks are told
row_embedding       rows -> what the networks see of them
generator, critic   the players of the adversarial game
generation          a condition -> rows, column after column (`iterative_decoding`)
calibration         a trained generator's marginals are moved onto the table's
"""
