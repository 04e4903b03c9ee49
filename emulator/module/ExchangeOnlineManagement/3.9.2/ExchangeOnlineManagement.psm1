. "$PSScriptRoot/../../parts/start.ps1" 3.9.2
