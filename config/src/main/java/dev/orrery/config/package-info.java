/**
 * Settings by their traitlets names: one declaration per setting, read from the command line, JSON,
 * YAML and Python files and the environment, with every problem of a start reported together.
 *
 * <p>The way through: {@link dev.orrery.config.Declarations} say what exists, {@link
 * dev.orrery.config.SettingsReader} reads {@link dev.orrery.config.Sources} into an {@link
 * dev.orrery.config.Outcome}, {@link dev.orrery.config.Settings} answers for one {@link
 * dev.orrery.config.Trait} at a time, {@link dev.orrery.config.Reference} writes the texts.
 */
@NullMarked
package dev.orrery.config;

import org.jspecify.annotations.NullMarked;
