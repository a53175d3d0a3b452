/** The front door: forwards what comes by a table of routes, which its REST API changes. */
@NullMarked
package dev.orrery.proxy;

import org.jspecify.annotations.NullMarked;
