"""Numbers in text, read as float64 and written back as they came: `1,234.50`, `19.67 kmpl`, `15%`.

numbers                 columns of numbers, as such or in text
plain_numbers           as Python writes them
number_inference        which formats the numbers of a text column follow
surroundings            what stands around their digits: signs and units
units                   what may stand before and behind: currencies, percent, words
number_format           numbers of a known format
numeral                 their digits, grouped, with decimals
numeral_inference       which marks group digits, and which one begins decimals
"""
