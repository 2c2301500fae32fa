<?php

// dbDelta() is in wpdb.php.
