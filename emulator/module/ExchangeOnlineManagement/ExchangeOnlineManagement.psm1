# The emulated module's parts, loaded into one module scope.
#
# The parts are dot-sourced, not imported as modules of their own: a function sees the
# -ErrorAction and -Verbose of its caller only where both live in the same module.

# Whoever calls may have set strict mode in the global scope; an answer's members may be absent.
Set-StrictMode -Off

. "$PSScriptRoot/connections.ps1"
. "$PSScriptRoot/transport.ps1"
. "$PSScriptRoot/answers.ps1"
. "$PSScriptRoot/temporary-module.ps1"
. "$PSScriptRoot/connect.ps1"
. "$PSScriptRoot/rest-resources.ps1"
. "$PSScriptRoot/exo-cmdlets.ps1"
