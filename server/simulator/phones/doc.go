package phones
