/// The version of this program, as its records and `--version` name it.
package let toolVersion = "0.1.0"
