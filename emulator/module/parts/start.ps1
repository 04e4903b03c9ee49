# The emulated module's parts, loaded into the scope of the module that asks, as one version of it.
#
# The parts are dot-sourced, not imported as modules of their own: a function sees the
# -ErrorAction and -Verbose of its caller only where both live in the same module.

param([version]$ModuleVersion)

# Whoever calls may have set strict mode in the global scope; an answer's members may be absent.
Set-StrictMode -Off

$script:ModuleVersion = $ModuleVersion
. "$PSScriptRoot/versions.ps1"
Assert-Runtime $ModuleVersion $PSVersionTable.PSVersion

. "$PSScriptRoot/connections.ps1"
. "$PSScriptRoot/connection-cmdlets.ps1"
. "$PSScriptRoot/headers.ps1"
. "$PSScriptRoot/transport.ps1"
. "$PSScriptRoot/retries.ps1"
. "$PSScriptRoot/errors.ps1"
. "$PSScriptRoot/answers.ps1"
. "$PSScriptRoot/cmdlet-log.ps1"
. "$PSScriptRoot/temporary-module.ps1"
. "$PSScriptRoot/sign-in.ps1"
. "$PSScriptRoot/connect.ps1"
. "$PSScriptRoot/rest-resources.ps1"
. "$PSScriptRoot/exo-recipient-cmdlets.ps1"
. "$PSScriptRoot/exo-permission-cmdlets.ps1"
. "$PSScriptRoot/exo-statistics-cmdlets.ps1"
