<?php

// Loads Debian's Guzzle and the client's own classes. With Composer, vendor/autoload.php loads both.
require 'GuzzleHttp/autoload.php';

spl_autoload_register(function (string $class): void {
    [$package, $name] = explode('\\', $class, 2) + [1 => ''];
    if ($package === 'Gatehouse') {
        require __DIR__ . '/gatehouse/lib/' . strtr($name, '\\', '/') . '.php';
    }
});
